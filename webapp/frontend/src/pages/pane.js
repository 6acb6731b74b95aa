// A task or a money to-do beside its list, where there is room: rows open in the pane, the address follows, and
// reloading keeps it. Forms of the pane are sent in the background; their answer is the pane again, and the list
// fetches itself anew. The pane says where its rows lead (data-items), what the address calls them (data-param) and
// which list they stand in (data-list).
import { on } from './dom.js'
import { keepDrafts } from './draft.js'
import htmx from './htmx_setup.js'
import { activate, activeRow, rows } from './keys.js'
import { toast } from './toast.js'

const WIDE = matchMedia('(min-width: 75rem)')
let focusNext = false
let later
let diagramOpen = false

const pane = () => document.getElementById('pane')
const items = () => pane().dataset.items ?? '/tasks/'
const param = () => pane().dataset.param ?? 'task'
const list = () => pane().dataset.list ?? '#inbox-list'
const idIn = (path) => (path.startsWith(items()) ? /^[\w-]+$/.exec(path.slice(items().length))?.[0] : undefined)
const rowOf = (id) => rows().find((row) => row.dataset.row === id)
const shownTask = () => pane()?.querySelector('[data-pane]')?.dataset.task
// The address of a row names the list and the place in it, so that what comes next is of the list.
const addressOf = (id) => {
  const url = rowOf(id)?.dataset.href
  return url && idIn(new URL(url, location.href).pathname) ? url : items() + id
}
const isPlain = (event) => !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button)

function note(id, how) {
  const url = new URL(location.href)
  if (id) url.searchParams.set(param(), id)
  else url.searchParams.delete(param())
  history[how]({}, '', url)
}

function show(id, { how, focus = false, address = addressOf(id) } = {}) {
  focusNext = focus
  pane().dataset.wanted = id
  pane().hidden = false
  pane().closest('[data-split]').dataset.open = ''
  if (how) note(id, how)
  const row = rowOf(id)
  if (row && row !== activeRow()) activate(row)
  // What went wrong is told by events; the promise itself is refused also when the page is only left.
  htmx.ajax('GET', address, { target: '#pane', source: '#pane', swap: 'innerHTML' })?.catch(() => {})
}

function close({ how = 'pushState' } = {}) {
  keepDrafts(pane())
  delete pane().dataset.wanted
  pane().hidden = true
  pane().replaceChildren()
  delete pane().closest('[data-split]').dataset.open
  if (how) note(null, how)
  activeRow()?.focus()
}

// Forms stay plain in the page; here they fetch the pane.
function dress(root) {
  const senders = [...root.querySelectorAll('form[action]:not([method=dialog])'), ...root.querySelectorAll('button[formaction]')]
  for (const sender of senders) {
    sender.setAttribute('hx-post', sender.getAttribute('action') ?? sender.getAttribute('formaction'))
    sender.setAttribute('hx-target', '#pane')
    sender.setAttribute('hx-swap', 'innerHTML')
    htmx.process(sender)
  }
}

// What is done in the list to the task that the pane shows or is about to, such as taking it, is shown there too.
function onListAct(elt) {
  const id = elt?.closest?.(`${list()} tr[data-row]`)?.dataset.row
  if (!id || id !== pane().dataset.wanted) return
  keepDrafts(pane())
  show(id)
}

// What is offered next is the next row of the list one works on, unless the case itself goes on with the reader.
function offerNext(root) {
  const offer = root.querySelector('[data-next]')
  const next = rowOf(shownTask())?.nextElementSibling
  if (!offer) return false
  if (offer.dataset.next === 'list' && next?.dataset.href) {
    offer.href = next.dataset.href
    const name = next.querySelector('a[data-open]').lastChild.textContent.trim()
    const told = [name, next.dataset.about].filter(Boolean).join(' · ')
    offer.lastChild.textContent = pane().dataset.nextText.replace('{name}', told)
  }
  offer.focus()
  return true
}

// Who has opened the diagram of one task sees it with the next as well.
function keepDiagramOpen(root) {
  const fold = root.querySelector('details.kt-fold')
  if (!fold || !diagramOpen) return
  htmx.process(fold)
  fold.open = true
}

function onShown(root) {
  root.scrollTop = 0
  dress(root)
  keepDiagramOpen(root)
  for (const { dataset, content } of root.querySelectorAll('template[data-toast]')) toast(content.textContent, dataset.toast)
  const says = document.getElementById('pane-says')
  const told = root.querySelector('.kt-notice strong')?.textContent ?? ''
  if (says) says.textContent = `${root.querySelector('h2')?.textContent ?? ''} ${told}`.trim()
  if (offerNext(root)) return
  const wrong = root.querySelector('.kt-notice[role=alert]')
  if (wrong) wrong.focus()
  else if (focusNext) root.querySelector(root.querySelector('[data-pane]')?.dataset.first ?? 'h2')?.focus()
  focusNext = false
}

// A refusal is the pane with its reason; an answer that leads away from the task closes the pane.
function onAnswer(event) {
  const { detail } = event
  if (detail.target !== pane()) return
  const led = idIn(new URL(detail.xhr.responseURL || location.href).pathname)
  const isPane = /\bdata-pane\b/.test(detail.xhr.responseText.slice(0, 4000))
  if (isPane) {
    detail.shouldSwap = true
    detail.isError = false
  } else if (!led && detail.xhr.status < 400) {
    detail.shouldSwap = false
    close({ how: 'replaceState' })
  }
}

function onClick(event) {
  if (!WIDE.matches || !pane() || !isPlain(event)) return
  const link = event.target.closest?.(`${list()} tr[data-row] a[data-open], #pane a:not([data-whole])`)
  const url = link && new URL(link.href)
  const id = url && idIn(url.pathname)
  if (!id) return
  event.preventDefault()
  show(id, { how: 'pushState', focus: true, address: url.pathname + url.search })
}

function follow() {
  const id = new URLSearchParams(location.search).get(param())
  if (!id && !pane().hidden) close({ how: null })
  else if (id && id !== shownTask()) show(id)
}

function begin() {
  const id = new URLSearchParams(location.search).get(param())
  if (id && /^[\w-]+$/.test(id)) WIDE.matches ? show(id) : location.replace(addressOf(id))
}

export function startPane() {
  if (!pane()) return
  document.addEventListener('click', onClick)
  document.addEventListener('htmx:beforeSwap', onAnswer)
  document.addEventListener('htmx:afterSwap', ({ detail }) => detail.target === pane() && onShown(pane()))
  document.addEventListener('htmx:afterRequest', ({ detail }) => {
    const acted = detail.requestConfig?.verb === 'post' && detail.target === pane()
    if (acted) document.dispatchEvent(new Event('inbox-changed'))
    else if (detail.requestConfig?.verb === 'post' && detail.successful) onListAct(detail.elt)
  })
  document.addEventListener('kt:active', ({ target }) => {
    clearTimeout(later)
    if (!pane().hidden && target.dataset.href) later = setTimeout(() => show(target.dataset.row, { how: 'replaceState' }), 120)
  })
  on('click', '[data-pane-close]', () => close())
  on('click', '#pane details.kt-fold > summary', (_, summary) => (diagramOpen = !summary.parentElement.open))
  document.addEventListener('keydown', (event) => {
    const busy = document.querySelector('dialog[open], details.kt-menu[open]') || event.target.closest?.('input, textarea, select')
    if (event.key === 'Escape' && !busy && !pane().hidden) close()
  })
  addEventListener('popstate', follow)
  begin()
}
