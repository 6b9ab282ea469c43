import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';

const blobServer = fileURLToPath(import.meta.resolve('azurite/dist/src/blob/main.js'));

/** The made-up account every Azurite of the tests has, and its key. */
export const account = 'archivetest';
export const accountKey = Buffer.from('synthetic key of a storage account that exists on loopback only').toString(
  'base64',
);

interface AzuriteOptions {
  /** Serves https with this certificate and takes unsigned Entra ID tokens, which it does over https only. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Microsoft's storage emulator as a process of its own: loopback, a free port, a folder that goes with it. */
export class Azurite {
  /** `http://127.0.0.1:PORT`, without the account. */
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  static async start({ tls }: AzuriteOptions = {}): Promise<Azurite> {
    const folder = await mkdtemp(join(tmpdir(), 'saswatch-azurite-'));
    const secure = tls === undefined ? [] : ['--cert', tls.cert, '--key', tls.key, '--oauth', 'basic'];
    const child = spawn(
      process.execPath,
      [
        ...[blobServer, '--location', folder, '--silent'],
        ...['--blobHost', '127.0.0.1', '--blobPort', '0', '--skipApiVersionCheck', '--disableTelemetry', ...secure],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${accountKey}` } },
    );
    for await (const line of createInterface({ input: child.stdout })) {
      const [url] = /https?:\/\/127\.0\.0\.1:[1-9]\d*$/.exec(line.trim()) ?? [];
      if (url !== undefined) return new Azurite(url, child, folder);
    }
    throw new Error('azurite ended before it listened');
  }

  /** The setting `archive.endpoint` for this server, or for a proxy before it. */
  static endpoint(url: string): string {
    return `${url}/{account}`;
  }

  get endpoint(): string {
    return Azurite.endpoint(this.url);
  }

  get connectionString(): string {
    return `DefaultEndpointsProtocol=${new URL(this.url).protocol.slice(0, -1)};AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${this.url}/${account};`;
  }

  /** A client with the account's key, to fill containers with. */
  get service(): BlobServiceClient {
    return new BlobServiceClient(`${this.url}/${account}`, new StorageSharedKeyCredential(account, accountKey));
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
