import pico from 'picocolors';
import type { Level } from '../core/finding.ts';

/** A level in its colour, padded to one width; plain where `colour` is off. */
export function levelPaint(colour: boolean): (level: Level) => string {
  const colors = pico.createColors(colour);
  const paints: Readonly<Record<Level, (text: string) => string>> = {
    informational: colors.dim,
    low: colors.cyan,
    medium: colors.yellow,
    high: colors.red,
    critical: (text) => colors.bold(colors.red(text)),
  };
  return (level) => paints[level](level.toUpperCase().padEnd(8));
}
