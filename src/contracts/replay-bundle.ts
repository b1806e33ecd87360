// What a replay bundle holds: written by flows/replay-bundle.ts, read by the script that it brings along (main/verify-bundle.ts).
import type { CaptureAnalysis } from './analysis.ts';
import type { CaptureShape } from './capture.ts';
import type { Finding } from './findings.ts';

export const bundleFormat = 1;

/** Names of files in the bundle's folder. */
export const bundleFiles = {
  manifest: 'manifest.json',
  evidence: 'evidence.json',
  catalog: 'catalog.json',
  script: 'verify.mjs',
} as const;

export interface BundleManifest {
  format: typeof bundleFormat;
  incident: string;
  run: string;
  made_at: string;
  files: { path: string; bytes: number; sha256: string }[];
  /** What the run has and the bundle does not, with the reason. */
  left_out: { what: string; why: string }[];
}

/** The part of a diagnosis that is compared. */
export interface Verdict {
  class: string;
  cause: string | null;
  confidence: number;
  fingerprint: string;
}

export interface BundledCapture {
  id: string;
  file: string;
  step: number | null;
  rank: number;
  /** Numbers that are not finite are strings. */
  shape: Omit<CaptureShape, 'reportedLossDfl'> & { reportedLossDfl: number | string | null };
  analysis: CaptureAnalysis;
}

/** Everything that the verdict was made from, but the texts and tensors, which lie in files of their own. */
export interface BundleEvidence<Context = unknown, Facts = unknown> {
  /** The verdict on this run, as it was stored. */
  verdict: Verdict;
  context: Context;
  traces: { id: string; file: string; origin: 'pushed' | 'log'; step: number | null; rank: number | null }[];
  /** Those of bundled captures are made anew. */
  findings: Finding[];
  captures: BundledCapture[];
  /** Sums over the captures that are not in the bundle. */
  other_captures: Facts | null;
}

/** The catalog without its samples; maps as lists of entries. */
export interface BundledCatalog {
  failures: [string, unknown][];
  signals: [string, unknown][];
  findings: [string, unknown][];
  formats: unknown[];
  environments: unknown[];
}
