/** From the page of a notebook to that of its run, as the page shows it. */
export function linkToRun(path: string): { href: string; label: string } {
  return { href: `${'../'.repeat(path.split('/').length)}index.html`, label: 'Run' }
}
