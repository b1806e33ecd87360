// Content-addressed storage of tensors. A blob never changes; its name is the sha256 of its bytes.

export interface Blobs {
  /** Begins a new blob. Nothing is visible until `commit`. */
  receive(): Promise<BlobWriter>;
  /**
   * The whole blob, in memory that can be handed to threads without a copy: what `allocate` gives for its size in bytes, else memory of its
   * own. @throws Error when there is none with this sha256 (hex).
   */
  read(sha256: string, allocate?: (bytes: number) => Uint8Array): Promise<Uint8Array>;
  /** Removes a blob; one that is not there is fine. */
  remove(sha256: string): Promise<void>;
  /** Up to `limit` blobs that were stored before `before`, by sha256, after `after` in their order. */
  list(options: { before: Date; after: string; limit: number }): Promise<string[]>;
  /** Removes what writers of ended processes left behind. */
  sweepTemporary(): Promise<void>;
  /** Answers when blobs can be stored. @throws Error otherwise. */
  ready(): Promise<void>;
}

/** Writes one blob. End with exactly one of `commit` and `abort`. */
export interface BlobWriter {
  /** Resolves when more may be written; wait for it before the next write. */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the blob durable and visible; the same content stored twice is stored once. Answers its sha256 (hex) and size in bytes. */
  commit(): Promise<{ sha256: string; bytes: number }>;
  /** Throws the bytes away; fine after `commit` or a second time. */
  abort(): Promise<void>;
}
