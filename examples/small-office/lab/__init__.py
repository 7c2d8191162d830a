"""The small office's network, built of Linux network namespaces with real daemons in them."""
