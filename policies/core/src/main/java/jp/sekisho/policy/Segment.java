package jp.sekisho.policy;

/** The network segment a policy's terminals stand in; Sekisho guards one. */
public enum Segment {
  /** マイナンバー利用事務系 ({@code my-number}). */
  MY_NUMBER
}
