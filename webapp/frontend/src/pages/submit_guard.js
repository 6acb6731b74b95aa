// A form is sent once: its buttons rest from the first press until the answer is there.
function rest(form, resting) {
  for (const button of form.querySelectorAll('button:not([type=button]), input[type=submit]')) {
    if (resting) button.setAttribute('aria-busy', 'true')
    else button.removeAttribute('aria-busy')
  }
  if (resting) form.dataset.sent = ''
  else delete form.dataset.sent
}

export function startSubmitGuard() {
  document.addEventListener(
    'submit',
    (event) => {
      if (!('sent' in event.target.dataset)) return
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    true
  )
  document.addEventListener('submit', (event) => {
    const form = event.target
    const sendsItself = form.matches('[hx-post], [hx-put], [hx-patch], [hx-delete]')
    if (form.method === 'dialog' || 'repeatable' in form.dataset) return
    if (!event.defaultPrevented || sendsItself) rest(form, true)
  })
  document.addEventListener('htmx:afterRequest', ({ target }) => {
    if (target instanceof HTMLFormElement) rest(target, false)
  })
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) document.querySelectorAll('form[data-sent]').forEach((form) => rest(form, false))
  })
}
