// What a reader fills in on the page that diagnoses a text, and the request made of it.
import type { DiagnoseRequest } from '../../../src/contracts/diagnosis.ts';

/** Every field as it was typed; empty where it was left out. */
export interface DiagnosisForm {
  text: string;
  /** A dropped file stands in for the text: megabytes are not put into a text field. */
  file: { name: string; text: string } | null;
  /** `name==version` or `name version`, separated by commas, semicolons or line breaks. */
  packages: string;
  device: string;
  regRange: string;
  numClasses: string;
}

export const emptyForm: DiagnosisForm = {
  text: '',
  file: null,
  packages: '',
  device: '',
  regRange: '',
  numClasses: '',
};

export function textOf({ text, file }: DiagnosisForm): string {
  return file?.text ?? text;
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
