// The disk of one workspace: an ext4 image with a quota where the server is root and loop devices work, else a plain
// directory. It never follows or reads what is inside.
import { chown, lstat, mkdir, readdir, readFile, rm, rmdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '#dsl/fault.ts'
import { type Disk, diskOf } from './disk.ts'
import { runTool, type ToolResult } from './run.ts'
import { paceWriteback } from './throttle.ts'

/** One inode for as many bytes: a tree of small files (node_modules) ends its disk and its inodes together. */
const BYTES_PER_INODE = 8192

/**
 * Owner, image, directory, and bytes of a new image. An image has its name when it is whole, and one program at a time is
 * here: what a server had begun goes on for a while when that server is killed, and two mounts of one image would ruin it.
 * One shell, because a large process is slow to start another. No disk grows, and room for that would cost 4 MiB each and
 * most of the time that mkfs takes.
 */
const MOUNT_DISK = `
made=
if [ -e "$2" ]; then
  mountpoint -q "$3" && exit
else
  [ ! -e "$2.new" ] || rm "$2.new"
  mkfs.ext4 -q -F -m 0 -i ${BYTES_PER_INODE} -O ^resize_inode -E "root_owner=$1,lazy_itable_init=1,lazy_journal_init=1" "$2.new" \\
    "$(($4 / 1024))k" || { rm -f "$2.new"; exit 1; }
  mv "$2.new" "$2"
  made=1
fi
mount -t ext4 -o loop,nosuid,nodev "$2" "$3" || { [ -z "$made" ] || rm "$2"; exit 1; }`

export interface VolumeSpec {
  /** Directory of this volume, private to the server and the sandbox. */
  readonly home: string
  /** Owner of the files. */
  readonly uid: number
  readonly bytes: number
  /** Whether an image may be tried: the server is root. */
  readonly root: boolean
  /** What may be written to it, also by the kernel later; undefined: as fast as it goes. */
  readonly bytesPerSecond?: number | undefined
}

export interface Volume {
  /** Directory to show inside as /work. */
  readonly path: string
  /** Undefined when the size is enforced; else why it is not. */
  readonly unbounded: string | undefined
  /** Undefined when no single disk holds it. */
  readonly disk: Disk | undefined
  /** Whether what the kernel writes later keeps to the rate too. */
  readonly isPaced: boolean
}

/** Makes the volume if it is new, and mounts it. Faults: unavailable, when its image exists and cannot be mounted. */
export async function openVolume(spec: VolumeSpec): Promise<Volume> {
  const path = join(spec.home, 'work')
  await mkdir(path, { recursive: true, mode: 0o700 })
  const unbounded = await mountImage(spec, path)
  // mkfs makes it for a repair that never happens here.
  if (unbounded === undefined) await rmdir(join(path, 'lost+found')).catch(() => undefined)
  const disk = await diskOf(path)
  // Only a disk of its own: another one is the machine's.
  const isOwn = disk !== undefined && unbounded === undefined
  const isPaced = isOwn && (await paceWriteback(disk, spec.bytesPerSecond))
  return { path, unbounded, disk, isPaced }
}

/** Answers why there is a plain directory instead. Faults: unavailable. */
async function mountImage(spec: VolumeSpec, path: string): Promise<string | undefined> {
  if (!spec.root) return 'An ordinary user cannot mount a disk image.'
  if (await isMounted(path)) return undefined
  const image = join(spec.home, 'disk.img')
  // In this order: what an image holds is seen only when the image has its name.
  if ((await readdir(path)).length > 0 && !(await exists(image)))
    return 'The workspace was made as a plain directory.'
  const params = [`${spec.uid}:${spec.uid}`, image, path, `${spec.bytes}`]
  const { ok, stderr } = await alone(spec.home, ['sh', '-ec', MOUNT_DISK, 'sh', ...params])
  if (ok) return undefined
  const problem = stderr.trim().split('\n')[0] ?? ''
  if (await exists(image))
    throw new Fault('unavailable', `The disk of this workspace cannot be mounted: ${problem}`)
  await chown(path, spec.uid, spec.uid)
  return problem
}

/** Runs a program once no other one is at that volume, also one of a server that was killed. */
function alone(home: string, command: readonly string[]): Promise<ToolResult> {
  // flock makes a file where there is nothing of that name, and cannot where the name is that of a directory.
  return runTool('flock', ['--no-fork', `${home}/.`, ...command])
}

/** Lets what was not written yet be written as fast as it goes; who waits for that cannot be ended. Idempotent. */
export async function hurryVolume(home: string): Promise<void> {
  const path = join(home, 'work')
  const disk = (await isMounted(path)) ? await diskOf(path) : undefined
  if (disk) await paceWriteback(disk, undefined)
}

/** Unmounts; a disk that is still busy stays mounted and the next open finds it so. */
export async function closeVolume(home: string): Promise<void> {
  const path = join(home, 'work')
  if (!(await exists(home))) return
  await alone(home, ['true'])
  if (!(await isMounted(path))) return
  // The disk's number is another's next, whose rate is not this one's.
  await hurryVolume(home)
  await runTool('umount', [path])
}

/** Why a rate does not hold for it, or not wholly, though its sandbox has a group of that version. */
export function rateProblem({ disk, isPaced }: Volume, version: 1 | 2): string | undefined {
  if (disk === undefined) return 'Its files are not on one disk of this machine.'
  if (version === 2 || isPaced) return undefined
  return 'Control groups v1 hold no write that the kernel does later, on a disk that others share.'
}

/** Deletes the volume and everything beside it. Faults: unavailable, when the disk is still busy. */
export async function removeVolume(home: string): Promise<void> {
  await closeVolume(home)
  if (await isMounted(join(home, 'work')))
    throw new Fault('unavailable', 'The disk of this workspace is still in use.')
  await rm(home, { recursive: true, force: true })
}

/** Bytes in use. */
export async function volumeUsage(home: string): Promise<number> {
  const path = join(home, 'work')
  if (await isMounted(path)) {
    const { blocks, bfree, bsize } = await statfs(path)
    return (blocks - bfree) * bsize
  }
  const { stdout } = await runTool('du', ['--summarize', '--one-file-system', '--block-size=1', path])
  return Number.parseInt(stdout, 10) || 0
}

/** Whether something is mounted exactly there (proc_pid_mountinfo(5): the fifth field, blanks in octal). */
export async function isMounted(path: string): Promise<boolean> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  const escaped = path.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`)
  return table.split('\n').some((line) => line.split(' ')[4] === escaped)
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
