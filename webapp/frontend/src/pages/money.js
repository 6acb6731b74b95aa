// Money fields group their digits when left (1,234,567.50), take 万 as ten thousand,
// and send plain digits, so that the server reads one form only.
import { on, onContent } from './dom.js'

const FIELD = 'input[data-money]'

export function plain(value) {
  const typed = value.normalize('NFKC').replace(/[\s,，¥￥元]/g, '')
  const inWan = /^(\d+)(?:\.(\d{1,6}))?万$/.exec(typed)
  if (!inWan) return typed
  const digits = inWan[1] + (inWan[2] ?? '').padEnd(4, '0').slice(0, 4)
  const cents = (inWan[2] ?? '').slice(4)
  return digits.replace(/^0+(?=\d)/, '') + (cents ? `.${cents}` : '')
}

export function grouped(value) {
  const digits = plain(value)
  const parts = /^(-?\d+)(\.\d*)?$/.exec(digits)
  if (!parts) return value
  return parts[1].replace(/\B(?=(\d{3})+$)/g, ',') + (parts[2] ?? '')
}

export function startMoney() {
  onContent((root) => {
    for (const field of root.querySelectorAll(FIELD)) field.value = grouped(field.value)
  })
  on('focusout', FIELD, (_, field) => {
    field.value = grouped(field.value)
  })
  document.addEventListener('formdata', ({ target, formData }) => {
    for (const field of target.querySelectorAll(FIELD)) {
      if (!field.name || !formData.has(field.name)) continue
      const all = [...target.querySelectorAll(FIELD)].filter((other) => other.name === field.name && !other.disabled)
      formData.delete(field.name)
      for (const other of all) formData.append(other.name, plain(other.value))
    }
  })
}
