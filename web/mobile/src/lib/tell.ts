/** Short words at the moment something happened. */
import { closeToast, showToast } from 'vant'
import 'vant/es/toast/style'

export const tell = (message: string): void =>
  void showToast({ message, wordBreak: 'break-word', duration: 2200 })
export const quiet = (): void => closeToast()
