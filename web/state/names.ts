// Names that the face proposes. They follow the rule of workspace.create: lower-case letters, digits and dashes.

/** `https://host/user/My.Project.git` gives `my-project`; an address without a name gives ''. */
export function nameOfRepo(address: string): string {
  const last = /([^/:]+?)(?:\.git)?\/*$/.exec(address.trim())?.[1] ?? ''
  return last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
}
