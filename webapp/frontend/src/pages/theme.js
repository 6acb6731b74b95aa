// Light, dark or as the system says. The cookie lets the server draw the right one at once.
import { on, setCookie } from './dom.js'

const system = matchMedia('(prefers-color-scheme: dark)')

function show(choice) {
  const root = document.documentElement
  root.dataset.bsTheme = choice === 'auto' ? (system.matches ? 'dark' : 'light') : choice
  for (const button of document.querySelectorAll('[data-theme-choice]')) {
    button.setAttribute('aria-pressed', String(button.dataset.themeChoice === choice))
  }
}

export function startTheme() {
  show(document.documentElement.dataset.themeSetting ?? 'auto')
  on('click', '[data-theme-choice]', (_, button) => {
    setCookie('theme', button.dataset.themeChoice)
    document.documentElement.dataset.themeSetting = button.dataset.themeChoice
    show(button.dataset.themeChoice)
  })
  system.addEventListener('change', () => show(document.documentElement.dataset.themeSetting ?? 'auto'))
}
