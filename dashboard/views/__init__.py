"""One folder a page; each has `page.show`. Rules are in `governance`."""
