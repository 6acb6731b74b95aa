// Work without a mouse: j/k walk the list, o opens, x ticks, / searches, ? explains.
// Any control may answer to a letter of its own by data-key; one inside the active row wins.
import { isTyping } from './dom.js'

const ROW = '[data-row]'
const ACTIVE = 'kt-row-active'

function rows() {
  return [...document.querySelectorAll(ROW)].filter((row) => row.offsetParent !== null)
}

export function activeRow() {
  return document.querySelector(`.${ACTIVE}`)
}

export function activate(row) {
  activeRow()?.classList.remove(ACTIVE)
  row?.classList.add(ACTIVE)
  row?.scrollIntoView({ block: 'nearest' })
}

function step(by) {
  const all = rows()
  const at = all.indexOf(activeRow())
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)
  if (all.length) activate(all[next])
}

function open(row) {
  const link = row?.querySelector('a[data-open], th a, td a')
  if (link) link.click()
  else if (row?.dataset.href) location.assign(row.dataset.href)
}

function own(letter) {
  const name = CSS.escape(letter)
  const control = activeRow()?.querySelector(`[data-key="${name}"]`) ?? document.querySelector(`[data-key="${name}"]`)
  if (!control) return false
  if (control.matches('input:not([type=checkbox]):not([type=radio]), textarea, select')) control.focus()
  else control.click()
  return true
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => open(activeRow()),
  Enter: () => open(activeRow()),
  x: () => activeRow()?.querySelector('input[data-select]')?.click(),
  '/': () => document.getElementById('kt-search')?.focus(),
  '?': () => document.getElementById('kt-shortcuts')?.showModal()
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) return
  if (isTyping(event.target)) {
    if (event.key === 'Escape') event.target.blur()
    return
  }
  if (event.key === 'Enter' && event.target.closest('a, button, summary, label, input')) return
  if (own(event.key)) return event.preventDefault()
  if (KEYS[event.key]) {
    event.preventDefault()
    KEYS[event.key]()
  }
}

function onRowClick(event) {
  const row = event.target.closest?.('tr[data-href]')
  if (!row || event.target.closest('a, button, input, label, summary, select')) return
  if (getSelection().toString()) return
  if (event.metaKey || event.ctrlKey) window.open(row.dataset.href, '_blank')
  else open(row)
}

export function startKeys() {
  document.addEventListener('keydown', onKey)
  document.addEventListener('click', onRowClick)
}
