/** A title as a name of a file or folder, and as part of a URL: letters and digits of any script, lower case, at most 80. */
export function toSlug(title: string): string {
  const slug = title
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .slice(0, 80)
    .replace(/^-+|-+$/g, '')
  return slug === '' ? 'untitled' : slug
}
