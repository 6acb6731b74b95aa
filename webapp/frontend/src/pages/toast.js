// Short messages over the page: those the server drew, and those an answer brings in its
// HX-Trigger header as {"toast": {"text": "...", "tone": "success"}}.
import { icon, on, text } from './dom.js'

const ICONS = { success: 'circle-check', info: 'info-circle', warning: 'alert-triangle', danger: 'alert-circle' }
const TONES = { success: 'green', info: 'azure', warning: 'yellow', danger: 'red' }

export function toast(message, tone = 'info') {
  const box = document.createElement('div')
  box.className = `kt-toast kt-tone-${TONES[tone] ?? 'azure'}`
  const words = document.createElement('div')
  words.textContent = message
  const close = document.createElement('button')
  close.className = 'kt-close'
  close.type = 'button'
  close.dataset.dismiss = ''
  close.setAttribute('aria-label', text('close'))
  close.append(icon('x'))
  box.append(icon(ICONS[tone] ?? 'info-circle'), words, close)
  document.getElementById('kt-toasts')?.append(box)
  fadeLater(box)
}

// Warnings and errors stay until they are read; the rest leave after some seconds.
function fadeLater(box) {
  if (box.matches('.kt-tone-red, .kt-tone-yellow')) return
  let timer
  const begin = () => (timer = setTimeout(() => box.remove(), 6000))
  box.addEventListener('pointerenter', () => clearTimeout(timer))
  box.addEventListener('pointerleave', begin)
  begin()
}

export function startToasts() {
  document.querySelectorAll('.kt-toast').forEach(fadeLater)
  on('click', '[data-dismiss]', (_, button) => button.closest('.kt-toast, .kt-notice')?.remove())
  document.addEventListener('toast', ({ detail }) => toast(detail.text ?? detail.value, detail.tone))
  document.addEventListener('htmx:sendError', () => toast(text('offline'), 'danger'))
  document.addEventListener('htmx:responseError', ({ detail }) => {
    if (detail.requestConfig?.headers?.['KT-Quiet']) return
    toast(detail.xhr.getResponseHeader('KT-Error') ? decodeURIComponent(detail.xhr.getResponseHeader('KT-Error')) : text('failed', { status: detail.xhr.status }), 'danger')
  })
  let busy = 0
  const line = () => document.querySelector('.kt-loading')?.toggleAttribute('data-busy', busy > 0)
  document.addEventListener('htmx:beforeRequest', () => (busy++, line()))
  document.addEventListener('htmx:afterRequest', () => (busy = Math.max(0, busy - 1), line()))
}
