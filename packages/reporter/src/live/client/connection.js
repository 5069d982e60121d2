/** How long after a failure that the browser does not mend by itself. */
const AGAIN_MS = 2000

/**
 * Hands on the messages of this page's stream, each once, however often the connection breaks. It is closed while nobody
 * looks: a browser opens six connections to a server, and a seventh page would hang.
 *
 * @param after what the page shows already
 */
export function connect(after, onMessage) {
  const state = showState()
  let seen = after
  let source
  let over = false
  const close = () => {
    source?.close()
    source = undefined
  }
  const open = () => {
    if (source || over || document.hidden) return
    source = new EventSource(`-/events?after=${seen}`)
    source.addEventListener('open', () => state('live'))
    source.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data)
      seen = message.seq
      onMessage(message)
      if (!message.end) return
      over = true
      close()
      state('over')
    })
    source.addEventListener('error', () => {
      state('lost')
      if (source?.readyState !== EventSource.CLOSED) return
      close()
      setTimeout(open, AGAIN_MS)
    })
  }
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()))
  open()
}

const WORDS = { live: 'Live', lost: 'Connecting again…', over: '' }

/** A word in the bar about the connection. */
function showState() {
  const word = document.createElement('span')
  word.className = 'connection'
  word.setAttribute('role', 'status')
  document.querySelector('.bar .crumbs')?.after(word)
  return (state) => {
    word.textContent = WORDS[state]
    word.dataset.state = state
  }
}
