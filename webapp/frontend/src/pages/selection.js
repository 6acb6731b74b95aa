// Ticked rows: the head box ticks all on the page, the bulk bar shows the count and appears with it.
import { on, text } from './dom.js'

function update() {
  const all = [...document.querySelectorAll('input[data-select]')]
  const ticked = all.filter((box) => box.checked)
  for (const bar of document.querySelectorAll('[data-bulk]')) {
    bar.hidden = ticked.length === 0
    const count = bar.querySelector('[data-bulk-count]')
    if (count) count.textContent = text('selected', { count: ticked.length })
  }
  for (const head of document.querySelectorAll('input[data-select-all]')) {
    head.checked = all.length > 0 && ticked.length === all.length
    head.indeterminate = ticked.length > 0 && ticked.length < all.length
  }
}

export function startSelection() {
  on('change', 'input[data-select]', update)
  on('change', 'input[data-select-all]', (_, head) => {
    for (const box of document.querySelectorAll('input[data-select]')) box.checked = head.checked
    update()
  })
  document.addEventListener('kt:refreshed', update)
  document.addEventListener('htmx:afterSettle', update)
  update()
}
