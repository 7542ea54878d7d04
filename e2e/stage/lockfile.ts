// The package-lock.json of a manifest, as npm writes it in a workspace by this machine's own registry: the repository
// holds none with an address that only one machine reaches.
import { connect } from './client.ts'
import type { StagedServer } from './server.ts'

/** `manifest`: text of a package.json, without a single quote. */
export async function lockfileOf(
  { url, ownerToken }: Pick<StagedServer, 'url' | 'ownerToken'>,
  manifest: string,
): Promise<string> {
  const owner = await connect(url, ownerToken)
  const npm = 'npm install --package-lock-only --silent && cat package-lock.json'
  const { events, exitCode } = await owner.call('exec', {
    cmd: `printf %s '${manifest}' > package.json && ${npm}`,
  })
  await owner.close()
  const said = (events as { data: string }[]).map(({ data }) => data).join('')
  if (exitCode !== 0) throw new Error(`npm wrote no lock file: ${said}`)
  return said
}
