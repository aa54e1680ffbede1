"""The member face 成员主页: phone first, installable."""
