import { Option } from 'commander';
import type { Finding, Level } from '../core/finding.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { isAtLeast, parseLevel } from './option-values.ts';

/** `--fail-on LEVEL`, alike in every command that ends with findings. */
export function failOnOption(): Option {
  return new Option('--fail-on <level>', 'exit with 3 if a finding is open at or above this level').argParser(
    parseLevel,
  );
}

/** Exit code 3 if an open finding that nothing suppresses is at or above `least`; undefined where none is or no level was given. */
export function failOnCode(
  least: Level | undefined,
  findings: readonly (Pick<Finding, 'level' | 'open'> & Partial<Pick<Finding, 'suppression'>>)[],
): ExitCode | undefined {
  if (least === undefined) return undefined;
  const isLoud = ({ level, open, suppression = null }: (typeof findings)[number]) =>
    open && suppression === null && isAtLeast(level, least);
  return findings.some(isLoud) ? exitCodes.findings : undefined;
}

/** The same of a run of all rules; 1 where some of them failed, so that what they would have found is missing. */
export function judgedCode(
  least: Level | undefined,
  findings: Parameters<typeof failOnCode>[1],
  failedRules: number,
): ExitCode | undefined {
  return failOnCode(least, findings) ?? (failedRules > 0 ? exitCodes.fault : undefined);
}
