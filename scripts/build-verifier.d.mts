export function buildVerifier(root: string, outfile: string): void;
