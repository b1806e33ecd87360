// Browser storage that a privacy setting may forbid: then nothing is remembered, and nothing breaks.

interface TextStore {
  get: (key: string) => string | null;
  /** Null removes the entry. */
  set: (key: string, value: string | null) => void;
}

function textStore(open: () => Storage): TextStore {
  return {
    get: (key) => {
      try {
        return open().getItem(key);
      } catch {
        return null;
      }
    },
    set: (key, value) => {
      try {
        if (value === null) open().removeItem(key);
        else open().setItem(key, value);
      } catch {
        // Forbidden or full: the value lives as long as the page does.
      }
    },
  };
}

export const localStore = textStore(() => window.localStorage);
