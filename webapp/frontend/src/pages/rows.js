// Lists of rows inside a form (buyers and their shares, payment lines): add, remove, renumber, sum.
import { on, onContent, text } from './dom.js'

const LIST = '[data-rows]'

function rowsOf(list) {
  return [...list.querySelectorAll(':scope > [data-rows-body] > [data-rows-row]')]
}

function renumber(list) {
  const all = rowsOf(list)
  const least = Number(list.dataset.min ?? 0)
  const most = Number(list.dataset.max ?? 0) || Infinity
  all.forEach((row, index) => {
    row.querySelector('[data-rows-number]').textContent = index + 1
    row.querySelector('[data-rows-remove]').disabled = all.length <= least
    for (const attribute of ['name', 'id', 'for', 'aria-describedby', 'aria-labelledby']) {
      for (const node of row.querySelectorAll(`[${attribute}]`)) {
        node.setAttribute(attribute, node.getAttribute(attribute).replace(/-(?:\d+|__row__)-/, `-${index}-`))
      }
    }
  })
  const add = list.querySelector('[data-rows-add]')
  if (add) add.disabled = all.length >= most
  showSum(list)
}

// A share may be a percentage or a fraction: 1/3 counts as a third of what is wanted.
function shareOf(field, wanted) {
  const [above, below] = field.value.replace(/[,，\s]/g, '').split('/').map(Number)
  return (below ? (above / below) * wanted : above) || 0
}

function showSum(list) {
  const place = list.querySelector('[data-rows-sum]')
  if (!place) return
  const wanted = Number(place.dataset.target)
  const column = `[name$="-${CSS.escape(place.dataset.rowsSum)}"]:not(:disabled)`
  const fields = rowsOf(list).flatMap((row) => row.querySelector(column) ?? [])
  const sum = Math.round(fields.reduce((total, field) => total + shareOf(field, wanted), 0) * 100)
  place.hidden = fields.length === 0
  place.textContent = text('sum', { sum: (sum / 100).toLocaleString('en-US'), wanted: wanted.toLocaleString('en-US') })
  place.dataset.state = sum === Math.round(wanted * 100) ? 'right' : 'wrong'
}

export function startRows() {
  onContent((root) => root.querySelectorAll(LIST).forEach(renumber))
  on('click', '[data-rows-add]', (_, button) => {
    const list = button.closest(LIST)
    list.querySelector('[data-rows-body]').append(list.querySelector('template').content.cloneNode(true))
    renumber(list)
    rowsOf(list).at(-1).querySelector('input, select, textarea')?.focus()
    list.dispatchEvent(new Event('input', { bubbles: true }))
  })
  on('click', '[data-rows-remove]', (_, button) => {
    const list = button.closest(LIST)
    button.closest('[data-rows-row]').remove()
    renumber(list)
    list.querySelector('[data-rows-add]')?.focus()
    list.dispatchEvent(new Event('input', { bubbles: true }))
  })
  on('input', 'form:has([data-rows-sum])', (_, form) => form.querySelectorAll(LIST).forEach(showSum))
}
