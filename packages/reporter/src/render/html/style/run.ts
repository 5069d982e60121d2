/** The index of a run: cards of notebooks, hosts and their cost. */
export const RUN_STYLE: string = `
main { max-width: 76rem; margin: 0 auto; padding: 2.2rem 1.25rem 5rem; }
.title .command { margin-top: 1.2rem; }
.cards { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem; }
.notebook { position: relative; display: flex; flex-direction: column; min-width: 0; border: 1px solid var(--line); border-radius: 12px; overflow: hidden; background: var(--raised); }
.notebook:hover { border-color: var(--strong-line); } .notebook:focus-within { border-color: var(--accent); }
.cover { aspect-ratio: 16 / 10; background: var(--sunken); border-bottom: 1px solid var(--line); display: grid; place-items: center; overflow: hidden; }
.cover img { width: 100%; height: 100%; object-fit: cover; } .blank { font-size: 3.5rem; font-weight: 650; color: var(--strong-line); user-select: none; }
.about { display: flex; flex-direction: column; flex: 1; padding: .9rem 1.1rem 1rem; } .about p { margin: 0; } .where { color: var(--faint); font-size: .8125rem; overflow-wrap: anywhere; }
.about h2 { font-size: 1.15rem; margin: .15rem 0 .5rem; overflow-wrap: anywhere; } .about h2 a { color: inherit; text-decoration: none; } .about h2 a:hover { text-decoration: underline; }
.about h2 a::after { content: ''; position: absolute; inset: 0; }
.figures { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: center; color: var(--soft); font-size: .875rem; font-variant-numeric: tabular-nums; }
.about .asks { margin-top: .6rem; color: var(--wait); font-weight: 600; font-size: .875rem; }
.about .why { margin-top: .6rem; color: var(--bad); font-size: .875rem; line-height: 1.45; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; }
.formats { position: relative; display: flex; flex-wrap: wrap; gap: .9rem; padding-top: .8rem; margin-top: auto !important; font-size: .875rem; width: max-content; max-width: 100%; }
.none { color: var(--soft); } .hosts { margin-top: 3rem; } .hosts h2 { font-size: 1.2rem; } .hosts table { min-width: 36rem; width: 100%; }
tfoot th, tfoot td { font-weight: 600; border-bottom: 0; }
@media print { .notebook { break-inside: avoid; } main { padding: 0; max-width: none; } html { font-size: 10.5pt; background: #fff; } }
`
