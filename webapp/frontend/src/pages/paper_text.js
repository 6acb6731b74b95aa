// The text of a paper: a click puts a variable in where the cursor stands, another goes to a line that is wrong.
import { on } from './dom.js'

function insert(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
  field.focus()
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

function select(field, number) {
  const lines = field.value.split('\n')
  const start = lines.slice(0, number - 1).reduce((length, line) => length + line.length + 1, 0)
  field.focus()
  field.setSelectionRange(start, start + (lines[number - 1] ?? '').length)
  const height = parseFloat(getComputedStyle(field).lineHeight) || 20
  field.scrollTop = Math.max(0, (number - 4) * height)
}

export function startPaperText() {
  on('click', '[data-inserts]', (event, button) => {
    const field = document.getElementById(button.dataset.into)
    if (field && !field.readOnly) insert(field, button.dataset.inserts)
  })
  on('click', '[data-line]', (event, button) => {
    const field = document.getElementById(button.dataset.of)
    if (field) select(field, Number(button.dataset.line))
  })
}
