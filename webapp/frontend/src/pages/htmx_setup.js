// htmx under our content security policy: no eval, no style sheet of its own, and 422 answers
// are swapped in, because they carry the form with its errors.
import htmx from 'htmx.org'

Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  responseHandling: [
    { code: '204', swap: false },
    { code: '[23]..', swap: true },
    { code: '409', swap: true },
    { code: '422', swap: true },
    { code: '[45]..', swap: false, error: true }
  ]
})

window.htmx = htmx
export default htmx
