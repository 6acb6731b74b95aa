// Arranging a list: a head clicked with Shift adds its column to the order (data-also), and arrows move
// an entry among its siblings (data-movable, data-move="-1" or "1").
import { on } from './dom.js'

function move(entry, by) {
  const other = by < 0 ? entry.previousElementSibling : entry.nextElementSibling
  if (other) other[by < 0 ? 'before' : 'after'](entry)
}

export function startArranging() {
  on('click', 'a[data-also]', (event, head) => {
    if (!event.shiftKey) return
    event.preventDefault()
    location.assign(head.dataset.also)
  })
  on('click', '[data-move]', (_, button) => {
    move(button.closest('[data-movable]'), Number(button.dataset.move))
    button.focus()
  })
}
