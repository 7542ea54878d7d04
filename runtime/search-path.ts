// Where programs of a sandbox are found, and the home they have there. It loads nothing.
export const HOME = '/home/agent'
export const SEARCH_PATH = '/opt/chispart/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
