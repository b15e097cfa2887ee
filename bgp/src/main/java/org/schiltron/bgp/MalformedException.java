package org.schiltron.bgp;

/** What a peer sent is not BGP; the notification says what (RFC 4271 section 6). */
final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Notification notification;

    MalformedException(Notification notification, String message) {
        super(message, null, false, false);
        this.notification = notification;
    }

    Notification notification() {
        return notification;
    }
}
