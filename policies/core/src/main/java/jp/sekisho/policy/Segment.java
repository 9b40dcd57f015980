package jp.sekisho.policy;

/** The network segment a policy's terminals stand in. */
public enum Segment {
  /** マイナンバー利用事務系 ({@code my-number}). */
  MY_NUMBER,
  /** 他の領域 ({@code other}): an organisation without a My Number segment. */
  OTHER
}
