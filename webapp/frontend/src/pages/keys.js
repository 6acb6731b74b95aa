// Work without a mouse: j/k walk the list, o opens, x ticks, / searches, ? explains.
// Any control may answer to a letter of its own by data-key; one in the pane wins, then one of the active row.
// The active row alone can be reached by Tab; it has the focus, so that a screen reader tells where one is.
import { decide, DECISIONS, send } from './decide.js'
import { isTyping } from './dom.js'

const ROW = '[data-row]'
const ACTIVE = 'kt-row-active'
const PANE = '#pane:not([hidden])'

export function rows() {
  return [...document.querySelectorAll(ROW)].filter((row) => row.offsetParent !== null)
}

export function activeRow() {
  return document.querySelector(`.${ACTIVE}`)
}

export function activate(row) {
  activeRow()?.removeAttribute('aria-current')
  activeRow()?.classList.remove(ACTIVE)
  row?.classList.add(ACTIVE)
  row?.setAttribute('aria-current', 'true')
  row?.scrollIntoView({ block: 'nearest' })
  rove()
}

// One row of a list takes part in the order of Tab: the active one, else the first.
export function rove() {
  const all = rows().filter((row) => row.dataset.href)
  const active = all.includes(activeRow()) ? activeRow() : all[0]
  for (const row of all) row.tabIndex = row === active ? 0 : -1
}

function step(by) {
  const all = rows()
  const at = all.indexOf(activeRow())
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)
  if (!all.length) return
  activate(all[next])
  all[next].focus({ preventScroll: true })
  all[next].dispatchEvent(new Event('kt:active', { bubbles: true }))
}

function open(row) {
  const link = row?.querySelector('a[data-open], th a, td a')
  if (link) link.click()
  else if (row?.dataset.href) location.assign(row.dataset.href)
}

function own(letter) {
  const wanted = `[data-key="${CSS.escape(letter)}"]`
  const scopes = [document.querySelector(PANE), activeRow(), document]
  const control = scopes.map((scope) => scope?.querySelector(wanted)).find(Boolean)
  if (!control) return false
  if (control.matches('input:not([type=checkbox]):not([type=radio]), textarea, select')) control.focus()
  else control.click()
  return true
}

function focusOn(selector) {
  const found = [...document.querySelectorAll(selector)].find((one) => one.offsetParent !== null)
  found?.focus()
  found?.scrollIntoView({ block: 'nearest' })
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  o: () => open(activeRow()),
  Enter: () => open(activeRow()),
  x: () => activeRow()?.querySelector('input[data-select]')?.click(),
  X: () => document.querySelector('input[data-select-all]')?.click(),
  b: () => focusOn('[data-bulk]:not([hidden]) button'),
  m: () => focusOn('#comment'),
  '.': () => document.querySelector('[data-acts] summary')?.click(),
  '/': () => document.getElementById('kt-search')?.focus(),
  '?': () => document.getElementById('kt-shortcuts')?.showModal()
}

function onKey(event) {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    if (!document.querySelector('dialog[open]') && send(event.target)) event.preventDefault()
    return
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) return
  if (isTyping(event.target)) {
    if (event.key === 'Escape') event.target.blur()
    return
  }
  if (event.key === 'Enter' && event.target.closest('a, button, summary, label, input')) return
  const decision = DECISIONS[event.key]
  if (decision && decide(document.querySelector(PANE) ?? document, decision)) return event.preventDefault()
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
  document.addEventListener('focusin', ({ target }) => {
    if (target.matches?.('tr[data-row]') && target !== activeRow()) activate(target)
  })
  document.addEventListener('kt:refreshed', rove)
  rove()
}
