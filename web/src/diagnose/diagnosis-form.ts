// What a reader fills in on the page that diagnoses a text or tensors, and the request made of it.
import type { DiagnoseRequest } from '../../../src/contracts/diagnosis.ts';

/** Every field as it was typed; empty where it was left out. */
export interface DiagnosisForm {
  text: string;
  /** A dropped file stands in for the text: megabytes are not put into a text field. */
  file: TextFile | CaptureFile | null;
  /** `name==version` or `name version`, separated by commas, semicolons or line breaks. */
  packages: string;
  device: string;
  regRange: string;
  numClasses: string;
  worldSize: string;
}

interface TextFile {
  kind: 'text';
  name: string;
  text: string;
}

/** A safetensors file. */
export interface CaptureFile {
  kind: 'capture';
  name: string;
  bytes: Blob;
}

export const emptyForm: DiagnosisForm = {
  text: '',
  file: null,
  packages: '',
  device: '',
  regRange: '',
  numClasses: '',
  worldSize: '',
};

/** The text to diagnose; empty while a capture takes its place. */
export function textOf({ text, file }: DiagnosisForm): string {
  if (file === null) return text;
  return file.kind === 'text' ? file.text : '';
}

/** Reads a dropped or chosen file as what it is: tensors by their header, whatever else as text. */
export async function readFile(file: File): Promise<TextFile | CaptureFile> {
  const { name } = file;
  const head = new Uint8Array(await file.slice(0, 9).arrayBuffer());
  if (looksLikeSafetensors(head)) {
    return { kind: 'capture', name, bytes: file.slice(0, file.size, 'application/octet-stream') };
  }
  return { kind: 'text', name, text: await file.text() };
}

/** The format begins with the length of its JSON header, 8 bytes with the lowest first: no text has so many zero bytes. */
export function looksLikeSafetensors(head: Uint8Array): boolean {
  return head.length === 9 && head.subarray(4, 8).every((byte) => byte === 0) && head[8] === '{'.charCodeAt(0);
}

/** What is known besides the tensors, as the query of POST /v1/diagnose/capture. */
export function captureQuery({ packages, device, worldSize }: DiagnosisForm) {
  const known = Object.entries(readPackages(packages)).map(([name, version]) =>
    version === null ? name : `${name}==${version}`,
  );
  return {
    device: device.trim() || undefined,
    packages: known.join(',') || undefined,
    world_size: worldSize.trim() || undefined,
  };
}

/** Only what was filled in. Numbers that are none are sent as they are: the API's answer says what is wrong with them. */
export function toRequest(form: DiagnosisForm): DiagnoseRequest {
  const packages = readPackages(form.packages);
  const numClasses = form.numClasses.trim();
  return {
    text: textOf(form),
    ...(Object.keys(packages).length > 0 && { environment: { packages } }),
    ...(form.device.trim() !== '' && { device: form.device.trim() }),
    ...(form.regRange.trim() !== '' && { reg_range: form.regRange.trim() }),
    ...(numClasses !== '' && { num_classes: /^\d+$/.test(numClasses) ? Number(numClasses) : (numClasses as never) }),
  };
}

/** Distribution names in lower case; null for one without a version. */
function readPackages(text: string): Record<string, string | null> {
  const entries = text
    .split(/[,;\n]/)
    .map((entry) => entry.trim().split(/\s*={2,3}\s*|\s+/))
    .filter(([name]) => name !== undefined && name !== '');
  return Object.fromEntries(entries.map(([name = '', version]) => [name.toLowerCase(), version ?? null]));
}
