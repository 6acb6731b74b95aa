// Warns before leaving a form (data-guard) that has been changed and not sent.
import { on } from './dom.js'

const changed = new Set()

export function startDirtyWarning() {
  on('input', 'form[data-guard]', (_, form) => changed.add(form))
  document.addEventListener('submit', (event) => {
    if (!event.defaultPrevented) changed.clear()
  })
  document.addEventListener('kt:leaving', () => changed.clear())
  document.addEventListener('htmx:afterRequest', ({ target, detail }) => {
    if (detail.successful) changed.delete(target.closest('form'))
  })
  addEventListener('beforeunload', (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault()
  })
}
