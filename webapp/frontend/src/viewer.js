// A process diagram to look at: the path taken, where the case stands, what failed, counts and notes.
// <div class="kt-diagram" data-diagram="<url of the XML>" data-markers='{"done": [], "current": [],
// "failed": [], "notes": {"id": "text"}, "counts": {"id": 3}, "hints": {"id": "text"}}'>
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer'

const DRAWN = 'http://www.omg.org/spec/BPMN/20100524/DI'
const LABELS = 'https://keyturn.example/schema/bpmn/1.0'
const READABLE = 0.55
const COMFORTABLE = 0.85
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
const CLASSES = { done: 'kt-done', current: 'kt-now', failed: 'kt-failed' }

function mark(viewer, markers) {
  const canvas = viewer.get('canvas')
  const registry = viewer.get('elementRegistry')
  for (const [kind, className] of Object.entries(CLASSES)) {
    for (const id of markers[kind] ?? []) {
      if (registry.get(id)) canvas.addMarker(id, className)
    }
  }
  overlay(viewer, markers.notes, 'kt-diagram-note', { top: -26, left: 0 })
  overlay(viewer, markers.counts, 'kt-diagram-count', { bottom: 10, right: 12 })
  hint(viewer, markers)
}

// What a step tells when the pointer rests on it, a finger touches it, or the keyboard reaches it: Tab comes to where
// the case stands, the arrows lead along the path.
function hint(viewer, { hints, current }) {
  const registry = viewer.get('elementRegistry')
  const overlays = viewer.get('overlays')
  const hide = () => overlays.remove({ type: 'hint' })
  const steps = Object.keys(hints ?? {}).filter((id) => registry.get(id))
  const drawn = (id) => registry.getGraphics(id)
  const tell = (id) => {
    hide()
    const html = document.createElement('div')
    html.className = 'kt-diagram-hint'
    html.role = 'tooltip'
    html.textContent = hints[id]
    overlays.add(id, 'hint', { position: { bottom: -6, left: 0 }, html, scale: { min: 1, max: 1 } })
  }
  for (const [at, id] of steps.entries()) {
    const step = drawn(id)
    step.setAttribute('tabindex', '-1')
    step.setAttribute('role', 'img')
    step.setAttribute('aria-label', hints[id])
    for (const event of ['pointerenter', 'focus', 'click']) step.addEventListener(event, () => tell(id))
    for (const event of ['pointerleave', 'blur']) step.addEventListener(event, ({ pointerType }) => pointerType !== 'touch' && hide())
    step.addEventListener('keydown', ({ key }) => drawn(steps[at + (STEPS[key] ?? 0)] ?? id).focus())
  }
  const first = steps.find((id) => current?.includes(id)) ?? steps.at(-1)
  if (first) drawn(first).setAttribute('tabindex', '0')
}

// Overlays are built from text nodes: what stands in a diagram or a note is never read as HTML.
function overlay(viewer, texts, className, position) {
  for (const [id, words] of Object.entries(texts ?? {})) {
    if (!viewer.get('elementRegistry').get(id)) continue
    const html = document.createElement('div')
    html.className = className
    html.textContent = words
    html.title = words
    viewer.get('overlays').add(id, { position, html })
  }
}

function fit(viewer) {
  const canvas = viewer.get('canvas')
  canvas.zoom('fit-viewport', 'auto')
  if (canvas.zoom() > 1) canvas.zoom(1, 'auto')
}

// A wide process on a narrow screen would be too small to read: start where the case stands.
function focusCurrent(viewer, ids = [], always = false) {
  const canvas = viewer.get('canvas')
  const shape = ids.map((id) => viewer.get('elementRegistry').get(id)).find(Boolean)
  if (!shape || (!always && canvas.zoom() >= READABLE)) return
  const { outer } = canvas.viewbox()
  const width = outer.width / COMFORTABLE
  const height = outer.height / COMFORTABLE
  canvas.viewbox({ x: shape.x + shape.width / 2 - width / 2, y: shape.y + shape.height / 2 - height / 2, width, height })
}

function connectTools(box, viewer, markers) {
  const canvas = viewer.get('canvas')
  const acts = {
    in: () => canvas.zoom(Math.min(canvas.zoom() * 1.25, 4)),
    out: () => canvas.zoom(Math.max(canvas.zoom() / 1.25, 0.2)),
    fit: () => fit(viewer),
    current: () => focusCurrent(viewer, markers.current, true)
  }
  for (const button of box.parentElement.querySelectorAll('[data-diagram-zoom]')) {
    button.addEventListener('click', () => acts[button.dataset.diagramZoom]?.())
  }
}

// An analyst's words stand in the file in several languages: <keyturn:label lang="zh">. Show the reader's.
function inReadersLanguage(parsed) {
  const language = document.documentElement.lang.slice(0, 2)
  for (const label of parsed.getElementsByTagNameNS(LABELS, 'label')) {
    const named = label.parentElement?.parentElement
    if (label.getAttribute('lang') === language && named) named.setAttribute('name', label.textContent.trim())
  }
  return new XMLSerializer().serializeToString(parsed)
}

// A process may run without ever having been drawn: it says so, and offers nothing to enlarge.
const isUndrawn = (parsed) =>
  !parsed.querySelector('parsererror') && !parsed.getElementsByTagNameNS(DRAWN, 'BPMNShape').length

function showNone(box) {
  box.dataset.undrawn = ''
  box.querySelector('[data-diagram-none]')?.removeAttribute('hidden')
}

async function show(box) {
  if (box.ktViewer) return
  const viewer = new NavigatedViewer({
    container: box,
    bpmnRenderer: {
      defaultFillColor: 'var(--kt-surface)',
      defaultStrokeColor: 'var(--kt-text)',
      defaultLabelColor: 'var(--kt-ink)'
    }
  })
  box.ktViewer = viewer
  const markers = JSON.parse(box.dataset.markers || '{}')
  try {
    const answer = await fetch(box.dataset.diagram, { credentials: 'same-origin' })
    if (!answer.ok) throw new Error(`The diagram answered ${answer.status}`)
    const parsed = new DOMParser().parseFromString(await answer.text(), 'application/xml')
    if (isUndrawn(parsed)) return showNone(box)
    await viewer.importXML(inReadersLanguage(parsed))
    mark(viewer, markers)
    fit(viewer)
    focusCurrent(viewer, markers.current)
    connectTools(box, viewer, markers)
    box.dataset.shown = ''
  } catch (error) {
    box.querySelector('[data-diagram-failed]')?.removeAttribute('hidden')
    console.error(error)
  }
}

function showAll(root) {
  root.querySelectorAll('[data-diagram]').forEach((box) => {
    const folded = box.closest('details:not([open])')
    if (folded) folded.addEventListener('toggle', () => show(box), { once: true })
    else show(box)
  })
}

showAll(document)
document.addEventListener('htmx:load', ({ target }) => showAll(target))
