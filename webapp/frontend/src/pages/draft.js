// A form that is kept on the server (data-draft="<address>") while somebody types; htmx sends it after a pause.
// What was typed in the last moment is sent when the page or the pane is left.
import { on } from './dom.js'

const unsent = new Set()

function flush(form) {
  if (!unsent.delete(form)) return
  const body = new URLSearchParams(new FormData(form))
  fetch(form.dataset.draft, { method: 'POST', body, keepalive: true, headers: { 'HX-Request': 'true' } }).catch(() => null)
}

export function keepDrafts(root = document) {
  for (const form of [...unsent]) if (root.contains(form)) flush(form)
}

export function startDrafts() {
  on('input', 'form[data-draft]', (_, form) => unsent.add(form))
  document.addEventListener('htmx:afterRequest', ({ target, detail }) => {
    if (detail.successful) unsent.delete(target.closest('form'))
  })
  document.addEventListener('submit', ({ target, defaultPrevented }) => {
    if (!defaultPrevented || target.matches('[hx-post]')) unsent.delete(target)
  })
  addEventListener('pagehide', () => keepDrafts())
  document.addEventListener('visibilitychange', () => document.hidden && keepDrafts())
  document.addEventListener('htmx:beforeSwap', ({ detail }) => keepDrafts(detail.target))
}
