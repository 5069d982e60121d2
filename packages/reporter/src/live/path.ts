/** A request's path, taken apart. */
export interface LivePath {
  /** names of folders from the served one, decoded */
  folder: string[]
  /** what is asked for in that folder; `''` is its page */
  name: string
  /** under `-/`, what the page itself asks its server for: `['events']` */
  page?: string[]
}

/** The name under which a page reaches its server: no test, file or asset is called that. */
const PAGE_DOOR = '-'

/** @returns undefined for a path that leads nowhere a report may be: upwards, to hidden files, past an encoded slash */
export function parsePath(path: string): LivePath | undefined {
  let parts: string[]
  try {
    parts = path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    return undefined
  }
  const door = parts.indexOf(PAGE_DOOR)
  const folder = door < 0 ? parts.slice(0, -1) : parts.slice(0, door)
  const name = door < 0 ? (parts.at(-1) ?? '') : ''
  if (folder.some((part) => part === '') || [...folder, name].some((part) => /^\.|[/\\\0]/.test(part))) return undefined
  return { folder, name, ...(door >= 0 && { page: parts.slice(door + 1) }) }
}
