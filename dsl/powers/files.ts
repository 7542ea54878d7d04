// The power over the files of one workspace, jailed to its root: neither `..` nor a symbolic link leads out.

export interface FileStat {
  readonly name: string
  /** Absolute path inside the workspace. */
  readonly path: string
  readonly type: 'file' | 'directory' | 'symlink' | 'other'
  /** Bytes. */
  readonly size: number
  /** ISO 8601. */
  readonly modifiedAt: string
  /** Permission bits, as in chmod(1): '644'. */
  readonly mode: string
}

export interface FileContent {
  readonly path: string
  readonly content: string
  readonly encoding: 'utf8' | 'base64'
  /** Bytes of the whole file; `content` may be a part of it. */
  readonly size: number
  /** SHA-256 of the whole file, hex: hand it to `write` to refuse overwriting somebody else's change. */
  readonly sha256: string
}

export interface ReadOptions {
  readonly offset?: number | undefined
  /** Bytes; at most 4 MiB. */
  readonly length?: number | undefined
  readonly encoding?: 'utf8' | 'base64' | undefined
}

export interface WriteOptions {
  readonly encoding?: 'utf8' | 'base64' | undefined
  /** Refuse with `conflict` unless the file's content still has this SHA-256. */
  readonly ifSha256?: string | undefined
  /** Make missing parent directories. */
  readonly parents?: boolean | undefined
}

/** Every method faults with `denied` when the path leaves the workspace and `not_found` when nothing is there. */
export interface Files {
  read(path: string, options?: ReadOptions): Promise<FileContent>
  /** Atomic: a reader sees the old content or the new, never a mixture. */
  write(path: string, content: string, options?: WriteOptions): Promise<FileStat & { sha256: string }>
  list(path: string): Promise<FileStat[]>
  stat(path: string): Promise<FileStat>
  mkdir(path: string, options?: { parents?: boolean | undefined }): Promise<FileStat>
  /** Refuses with `conflict` when the target exists, unless `overwrite`. */
  move(from: string, to: string, options?: { overwrite?: boolean | undefined }): Promise<FileStat>
  /** A directory that is not empty needs `recursive`. */
  remove(path: string, options?: { recursive?: boolean | undefined }): Promise<void>
}
