// The language switch keeps the place on the page and what has been typed so far.
import { on } from './dom.js'

const KEPT = 'keyturn.kept'
const UNKEPT = new Set(['password', 'file', 'hidden', 'submit', 'button'])

function typed() {
  const values = []
  for (const form of document.querySelectorAll('form[data-guard]')) {
    for (const field of form.elements) {
      if (!field.name || UNKEPT.has(field.type)) continue
      const ticked = field.type === 'checkbox' || field.type === 'radio'
      values.push({ form: form.action, name: field.name, value: field.value, checked: ticked ? field.checked : null })
    }
  }
  return values
}

function restore({ page, scroll, values }) {
  if (page !== location.pathname + location.search) return
  for (const { form, name, value, checked } of values) {
    const holder = [...document.querySelectorAll('form[data-guard]')].find((candidate) => candidate.action === form)
    for (const field of holder?.elements ?? []) {
      if (field.name !== name) continue
      if (checked === null) field.value = value
      else if (field.value === value) field.checked = checked
    }
  }
  scrollTo(0, scroll)
}

export function startLanguage() {
  const kept = sessionStorage.getItem(KEPT)
  if (kept) {
    sessionStorage.removeItem(KEPT)
    restore(JSON.parse(kept))
  }
  on('submit', 'form[data-language]', () => {
    const page = location.pathname + location.search
    sessionStorage.setItem(KEPT, JSON.stringify({ page, scroll: scrollY, values: typed() }))
    document.dispatchEvent(new CustomEvent('kt:leaving'))
  })
}
