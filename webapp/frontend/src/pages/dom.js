// Small shared tools for the page scripts: delegated events, texts, cookies, icons.
let loaded

// Texts come from the server in the reader's language; the key itself is the fallback.
export function text(key, params = {}) {
  loaded ??= JSON.parse(document.getElementById('kt-texts')?.textContent ?? '{}')
  return (loaded[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '')
}

export function on(event, selector, action, options) {
  document.addEventListener(
    event,
    (occurrence) => {
      const target = occurrence.target instanceof Element ? occurrence.target.closest(selector) : null
      if (target) action(occurrence, target)
    },
    options
  )
}

// Runs for what is on the page now and for everything htmx brings later.
export function onContent(action) {
  action(document)
  document.addEventListener('htmx:load', ({ target }) => action(target))
}

export function setCookie(name, value) {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`
}

export function icon(name) {
  const sprite = document.documentElement.dataset.icons
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('class', 'kt-icon')
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use')
  use.setAttribute('href', `${sprite}#${name}`)
  svg.append(use)
  return svg
}

export function isTyping(element) {
  return element instanceof Element && element.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]')
}
