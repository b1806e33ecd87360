import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { FormatFile } from '../../../../src/contracts/log-format.ts';

export const paddledetection: FormatFile = parse(readFileSync('catalog/formats/paddledetection.yaml', 'utf8'));
