const STEP = 8
/** Of what is painted while it is: seen on light and on dark. */
const COLOR = '#e5007d'

/**
 * Lets somebody paint over a picture, by mouse, pen, finger or keys.
 *
 * @param field holds the canvas and its tools
 * @returns a function that makes the mask as PNG in the picture's size: white where it was painted, black elsewhere
 */
export function paintable(field) {
  const canvas = field.querySelector('canvas')
  const { width, height } = canvas
  const context = canvas.getContext('2d')
  const picture = new Image()
  const painted = new OffscreenCanvas(width, height)
  let strokes = []
  let erasing = false
  const cursor = { x: width / 2, y: height / 2, shown: false }
  const brush = () => (Number(field.querySelector('[data-brush]').value) * Math.max(width, height)) / 1000

  picture.addEventListener('load', draw)
  picture.src = canvas.dataset.src
  draw()

  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId)
    begin(place(event))
  })
  canvas.addEventListener('pointermove', (event) => {
    if (event.buttons !== 1) return
    for (const one of event.getCoalescedEvents?.() ?? [event]) strokes.at(-1)?.points.push(place(one))
    draw()
  })
  canvas.addEventListener('keydown', (event) => {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0]
    if (x === 0 && y === 0 && event.key !== ' ') return
    event.preventDefault()
    const by = event.shiftKey ? STEP * 5 : STEP
    cursor.x = Math.min(Math.max(cursor.x + x * by, 0), width)
    cursor.y = Math.min(Math.max(cursor.y + y * by, 0), height)
    cursor.shown = true
    if (event.key === ' ') begin({ x: cursor.x, y: cursor.y })
    draw()
  })
  canvas.addEventListener('blur', () => {
    cursor.shown = false
    draw()
  })
  field.addEventListener('click', ({ target }) => {
    const tool = target.closest('[data-tool]')
    if (!tool) return
    if (tool.dataset.tool === 'undo') strokes.pop()
    if (tool.dataset.tool === 'clear') strokes = []
    if (tool.dataset.tool === 'erase') {
      erasing = !erasing
      tool.setAttribute('aria-pressed', String(erasing))
    }
    draw()
  })
  return () => maskOf(painted).convertToBlob({ type: 'image/png' })

  function begin(point) {
    strokes.push({ size: brush(), erasing, points: [point] })
    draw()
  }

  function place({ clientX, clientY }) {
    const box = canvas.getBoundingClientRect()
    return { x: ((clientX - box.left) / box.width) * width, y: ((clientY - box.top) / box.height) * height }
  }

  function draw() {
    const layer = painted.getContext('2d')
    layer.clearRect(0, 0, width, height)
    for (const stroke of strokes) paint(layer, stroke)
    context.globalCompositeOperation = 'source-over'
    context.globalAlpha = 1
    context.clearRect(0, 0, width, height)
    if (picture.complete && picture.naturalWidth > 0) context.drawImage(picture, 0, 0, width, height)
    context.globalAlpha = 0.6
    context.drawImage(painted, 0, 0)
    if (cursor.shown) outline()
  }

  function paint(layer, { size, points, erasing: erases }) {
    layer.globalCompositeOperation = erases ? 'destination-out' : 'source-over'
    layer.strokeStyle = layer.fillStyle = COLOR
    layer.lineWidth = size
    layer.lineCap = layer.lineJoin = 'round'
    // a line of no length draws nothing
    layer.beginPath()
    layer.arc(points[0].x, points[0].y, size / 2, 0, 2 * Math.PI)
    layer.fill()
    layer.beginPath()
    layer.moveTo(points[0].x, points[0].y)
    for (const { x, y } of points) layer.lineTo(x, y)
    layer.stroke()
  }

  function outline() {
    context.globalCompositeOperation = 'difference'
    context.globalAlpha = 1
    context.strokeStyle = '#fff'
    context.lineWidth = Math.max(1, width / 400)
    context.beginPath()
    context.arc(cursor.x, cursor.y, brush() / 2, 0, 2 * Math.PI)
    context.stroke()
  }
}

/** White where it was painted, on black. */
function maskOf(painted) {
  const { width, height } = painted
  const white = new OffscreenCanvas(width, height)
  fill(white, painted, '#fff', 'source-in')
  const mask = new OffscreenCanvas(width, height)
  fill(mask, white, '#000', 'destination-over')
  return mask
}

/** A picture, and a colour where the operation puts it. */
function fill(canvas, picture, color, operation) {
  const context = canvas.getContext('2d')
  context.drawImage(picture, 0, 0)
  context.globalCompositeOperation = operation
  context.fillStyle = color
  context.fillRect(0, 0, canvas.width, canvas.height)
}
