import { hash32 } from './prng.ts';

const models = [
  'resnet18',
  'resnet50',
  'wide_resnet50_2',
  'densenet161',
  'vgg16_bn',
  'mobilenet_v2',
  'shufflenet',
  'mnasnet',
];
const files = ['checkpoint.pt', 'weights.ckpt', 'model.onnx', 'training.log', 'config.json'];
const machines = ['ws-0417', 'ws-0982', 'ws-1203', 'ws-2210'];

/** Objects the public downloads in `models`, most popular first. */
export const modelCount = 40_000;
/** Keys the account holds in its five containers. */
export const keyCount = 300_000;

const two = (n: number): string => String(n).padStart(2, '0');

/** The blob of one model file, by popularity rank. */
export function modelBlob(rank: number): string {
  const seed = Math.floor(rank / (models.length * files.length));
  const model = models[rank % models.length];
  return `robust/${model}_linf_eps${1 + (seed % 8)}.0/seed-${String(seed).padStart(4, '0')}/${files[Math.floor(rank / models.length) % files.length]}`;
}

/** Model files nobody downloads any more. */
export function retiredModelBlob(index: number): string {
  return `retired/2019/${models[index % models.length]}/epoch-${String(index).padStart(3, '0')}.ckpt`;
}

/** One file of a researcher's workstation backup. */
export function backupBlob(index: number): string {
  const hash = hash32(`backup ${index}`);
  const machine = machines[index % machines.length];
  return `${machine}/2019-${two(1 + (hash % 12))}-${two(1 + ((hash >>> 4) % 28))}/C/Users/researcher${index % 2}/work/${hash % 97}/part-${String(index).padStart(6, '0')}.vhd.zst`;
}

/** One day's export of one chat; the name has blanks, as exports do. */
export function chatBlob(day: string, index: number): string {
  return `export ${day}/thread ${String(index).padStart(4, '0')}/messages.json`;
}
