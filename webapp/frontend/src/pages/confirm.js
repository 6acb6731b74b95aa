// Asks before an act: data-confirm="question" on a form or button, or hx-confirm.
// data-confirm-yes names the act on the button; data-confirm-tone="danger" makes it red.
import { text } from './dom.js'

let agreed = null

function ask(question, { yes, tone } = {}) {
  const dialog = document.createElement('dialog')
  dialog.className = 'kt-dialog'
  dialog.setAttribute('aria-labelledby', 'kt-question')
  const words = document.createElement('div')
  words.className = 'kt-dialog-body'
  const line = document.createElement('p')
  line.id = 'kt-question'
  line.className = 'h3 mb-0 mt-2'
  line.textContent = question
  words.append(line)
  const form = document.createElement('form')
  form.method = 'dialog'
  form.className = 'kt-dialog-foot'
  form.append(button(text('cancel'), '', 'btn'), button(yes ?? text('confirm'), 'yes', `btn btn-${tone ?? 'primary'}`))
  dialog.append(words, form)
  document.body.append(dialog)
  dialog.showModal()
  form.lastElementChild.focus()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove()
      resolve(dialog.returnValue === 'yes')
    })
  })
}

function button(label, value, className) {
  const made = document.createElement('button')
  made.className = className
  made.value = value
  made.textContent = label
  return made
}

function wishes(element) {
  return { yes: element.dataset.confirmYes, tone: element.dataset.confirmTone }
}

export function startConfirm() {
  document.addEventListener(
    'submit',
    async (event) => {
      const asker = event.submitter?.dataset.confirm ? event.submitter : event.target
      if (!asker.dataset.confirm || agreed === event.target) return
      event.preventDefault()
      event.stopImmediatePropagation()
      if (!(await ask(asker.dataset.confirm, wishes(asker)))) return
      agreed = event.target
      event.target.requestSubmit(event.submitter)
      agreed = null
    },
    true
  )
  document.addEventListener('htmx:confirm', async (event) => {
    if (!event.detail.question) return
    event.preventDefault()
    if (await ask(event.detail.question, wishes(event.target))) event.detail.issueRequest(true)
  })
}
