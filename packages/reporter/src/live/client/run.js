import { connect } from './connection.js'
import { refresh } from './morph.js'

const style = document.createElement('link')
style.rel = 'stylesheet'
style.href = '-/live.css'
document.head.append(style)

connect(Number(document.body.dataset.seq), () => refresh().catch(() => {}))
