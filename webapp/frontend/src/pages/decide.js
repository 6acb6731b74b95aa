// Decisions by letter on the form of a task (data-decide): the choice is made and what comes next has the focus;
// nothing is sent by a single letter. Ctrl+Enter sends from wherever one types.
const FORM = 'form[data-decide]'

export const DECISIONS = { a: 'approved', r: 'returned', d: 'rejected' }

function nextField(form) {
  const fields = form.querySelectorAll('textarea[required], input[required]:not([type=radio])')
  return [...fields].find((field) => field.offsetParent !== null && !field.disabled && !field.value)
}

export function decide(scope, decision) {
  const form = scope.querySelector(FORM)
  const choice = form?.querySelector(`input[name="decision"][value="${decision}"]:enabled`)
  if (!choice) return false
  choice.click()
  const next = nextField(form) ?? form.querySelector('[data-sends]')
  next?.focus()
  return true
}

export function send(from) {
  const form = from.closest?.('form[data-decide], form[data-draft]') ?? document.querySelector(FORM)
  form?.querySelector('[data-sends]')?.click()
  return Boolean(form)
}
