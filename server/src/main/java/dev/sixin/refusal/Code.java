package dev.sixin.refusal;

/// Every code that a call can be refused with, and what the person is told. The numbers are those
/// that existing clients branch on.
public enum Code {
  BAD_PARAMETER(2, "参数不合法", "A parameter is not legal"),
  SYSTEM_ERROR(-3, "系统错误", "System error"),
  NOT_SIGNED_IN(-101, "账号未登录", "Not signed in"),
  CSRF_FAILED(-111, "csrf 校验失败", "The csrf check failed"),
  BAD_REQUEST(-400, "请求错误", "Bad request"),
  FORBIDDEN(-403, "没有权限", "Not allowed for this user"),
  NOT_FOUND(-404, "什么都没有", "Nothing there"),
  SERVER_FAULT(-500, "服务器错误", "Server fault"),
  OVERLOADED(-509, "服务器繁忙，请稍后再试", "Overloaded, try again later"),
  NO_SUCH_MESSAGE(10005, "消息不存在", "There is no such message"),
  CONTENT_TOO_LONG(21007, "消息过长，无法发送", "The message is too long"),
  TOO_FAST(21020, "发送太快了，歇一会吧", "You are sending too fast, wait a moment"),
  TO_ONESELF(21026, "不能给自己发消息", "You can not write to yourself"),
  MAINTENANCE(21028, "系统维护中，暂时不能发送", "Sending is switched off for maintenance"),
  TYPE_NOT_ALLOWED(21035, "暂时不能发送这类消息", "This kind of message can not be sent now"),
  BAD_IMAGE(21037, "图片格式不合法", "The image's description is not legal"),
  TOO_LATE_TO_RECALL(21041, "超过 2 分钟，不能撤回了", "It is too late to recall this message"),
  ALREADY_RECALLED(21042, "消息已撤回", "The message was recalled already"),
  FAR_TOO_MUCH(21046, "发送过多，请 24 小时后再来", "You sent far too much, come back in 24 hours"),
  ONE_MESSAGE_TO_STRANGERS(
      21047, "对方主动回复或关注你之前，最多发送 1 条消息", "Until they reply or follow you, you can send one message"),
  REFUSED_BY_RECEIVER(25003, "对方的设置不允许你发送消息", "The receiver's settings do not allow this"),
  BLOCKED_BY_SENDER(25005, "你已拉黑对方，先解除再发送", "You have blocked this user, unblock them first"),
  NO_PERMISSION(700009, "没有使用该功能的权限", "You lack the permission for this feature"),
  GROUP_DISSOLVED(700013, "该群已解散", "The group is dissolved"),
  NOT_IN_GROUP(700014, "你不在该群中", "You are not in the group"),
  NEVER_SPOKEN(1000004, "会话不存在", "You have never spoken with them");

  private final int number;
  private final String chinese;
  private final String english;

  Code(int number, String chinese, String english) {
    this.number = number;
    this.chinese = chinese;
    this.english = english;
  }

  /// The number on the wire.
  public int number() {
    return number;
  }

  /// What the person is told in Chinese.
  public String chinese() {
    return chinese;
  }

  /// What the person is told in English.
  public String english() {
    return english;
  }
}
