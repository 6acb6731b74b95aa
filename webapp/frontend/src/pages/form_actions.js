// Forms that send themselves on a choice (data-autosubmit), fields shown by another field's value
// (data-shown-when="name=value|value"), files dropped on a field, passwords made visible, text copied.
import { on, onContent, text } from './dom.js'
import { toast } from './toast.js'

// The field that another one depends on: in its own row of a list, else in the form. It counts in a form that is only
// to be read as well, where its data would not be sent.
function chosenFor(part, name, form) {
  const column = part.closest('[data-rows-row]')?.querySelector(`[name$="-${CSS.escape(name)}"]`)
  const wanted = column ? column.name : name
  const fields = [...form.elements].filter((field) => field.name === wanted && !field.disabled)
  const chosen = fields.filter((field) => !['radio', 'checkbox'].includes(field.type) || field.checked)
  return chosen.flatMap((field) => (field.multiple ? [...field.selectedOptions].map(({ value }) => value) : field.value))
}

function showDependents(form) {
  for (const part of form.querySelectorAll('[data-shown-when]')) {
    const [name, values] = part.dataset.shownWhen.split('=')
    const chosen = chosenFor(part, name, form)
    const shown = values.split('|').some((value) => chosen.includes(value))
    part.hidden = !shown
    for (const field of part.querySelectorAll('input, select, textarea')) field.disabled = !shown
  }
  for (const sum of form.querySelectorAll('[data-rows-sum]')) {
    const column = `[name$="-${CSS.escape(sum.dataset.rowsSum)}"]:enabled`
    sum.hidden = !sum.closest('[data-rows]').querySelector(column)
  }
}

function receiveFile(event, drop) {
  const field = drop.querySelector('input[type=file]')
  drop.classList.toggle('kt-drop-over', event.type === 'dragover')
  event.preventDefault()
  if (event.type !== 'drop' || !event.dataTransfer.files.length) return
  field.files = event.dataTransfer.files
  field.dispatchEvent(new Event('change', { bubbles: true }))
}

function nameFile(field) {
  const place = field.closest('.kt-drop')?.querySelector('[data-file-name]')
  if (place) place.textContent = [...field.files].map((file) => file.name).join(', ')
}

export function startFormActions() {
  on('change', 'form[data-autosubmit]', (_, form) => form.requestSubmit())
  onContent((root) => {
    const forms = root.querySelectorAll('form:has([data-shown-when])')
    forms.forEach(showDependents)
  })
  on('input', 'form:has([data-shown-when])', (_, form) => showDependents(form))
  for (const event of ['dragover', 'dragleave', 'drop']) on(event, '.kt-drop', receiveFile)
  on('change', '.kt-drop input[type=file]', (_, field) => nameFile(field))
  on('click', '[data-shows-password]', (_, button) => {
    const field = document.getElementById(button.dataset.showsPassword)
    const shown = field.type === 'text'
    field.type = shown ? 'password' : 'text'
    button.setAttribute('aria-pressed', String(!shown))
  })
  on('click', '[data-copy]', async (_, button) => {
    await navigator.clipboard.writeText(button.dataset.copy)
    toast(text('copied'), 'success')
  })
}
